import { spawnSync } from 'node:child_process'
import type { Finding } from '../operator-process.ts'

/** Looks at the machine: the Node that runs this, and whether its clock is kept right. */
export function* examineMachine(): Generator<Finding> {
  const [major = 0] = process.versions.node.split('.').map(Number)
  yield major >= 26
    ? { check: 'node', state: 'ok', says: `Node ${process.versions.node}` }
    : {
        check: 'node',
        state: 'fault',
        says: `Node ${process.versions.node}, where Tidings needs 26`,
        todo: 'Start it as ./node_modules/.bin/tidings from the folder of Tidings.',
      }
  yield timeService()
}

function timeService(): Finding {
  const asked = spawnSync('timedatectl', ['show', '--property=NTPSynchronized', '--value'], {
    encoding: 'utf8',
    timeout: 5000,
  })
  const answer = asked.status === 0 ? asked.stdout.trim() : ''
  if (answer === 'yes') return { check: 'time service', state: 'ok', says: 'the clock is kept right by a time service' }
  if (answer === 'no') {
    return {
      check: 'time service',
      state: 'attention',
      says: 'no time service keeps the clock right',
      todo: 'Switch one on (timedatectl set-ntp true, or chrony): times are signed, and tokens count for minutes.',
    }
  }
  return {
    check: 'time service',
    state: 'unknown',
    says: 'whether a time service keeps the clock right is not known here',
    todo: 'Ask what keeps the time of this machine, such as chrony or the host of a container.',
  }
}
