import { holdsOfHistories } from '../spec/properties.ts'

holdsOfHistories(3, 4)
