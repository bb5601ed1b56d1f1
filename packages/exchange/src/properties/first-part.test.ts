import { holdsOfHistories } from '../spec/properties.ts'

holdsOfHistories(1, 4)
