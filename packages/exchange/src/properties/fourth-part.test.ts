import { holdsOfHistories } from '../spec/properties.ts'

holdsOfHistories(4, 4)
