export {
  type Asked,
  type Because,
  type Clock,
  ClockError,
  type ClockState,
  clockStates,
  type MechanismInTime,
  type NoDate,
  noDateReasons,
  type Step,
  type StepCode,
  stepCodes,
  type TimeOf,
  type VersionInTime,
} from './clock.ts'
export { type Clockwork, clockOf, clockwork } from './clockwork.ts'
export { describeStep, type NameOf } from './describe-step.ts'
