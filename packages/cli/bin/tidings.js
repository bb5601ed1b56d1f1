#!/usr/bin/env node
// Tidings runs on its own pinned Node, which set-up puts beside this command. An older one cannot read what follows.
const [major] = process.versions.node.split('.')
if (Number(major) < 24) {
  process.stderr.write(
    `tidings needs Node 26; this is ${process.version}. Start it as ./node_modules/.bin/tidings from the folder of Tidings, after npm run setup.\n`,
  )
  process.exitCode = 1
} else {
  const { main } = await import('../src/main.ts')
  process.exitCode = await main(process.argv.slice(2))
}
