import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

// Loaded into a service under attack: tells the test how much memory it holds once everything that is garbage has been collected.
setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc') as () => void
process.on('message', (asked) => {
  if (asked !== 'memory') return
  collect()
  process.send?.(process.memoryUsage())
})
process.channel?.unref()
