import { holdsOfHistories } from '../spec/properties.ts'

holdsOfHistories(2, 4)
