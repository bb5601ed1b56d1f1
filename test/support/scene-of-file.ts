import { afterAll } from 'vitest'
import { type Scene, twoCommissions } from './scenes.ts'

/** {@link twoCommissions} for all tests of a file: it ends after the last of them. */
export async function sceneOfFile(): Promise<Scene> {
  const scene = await twoCommissions()
  afterAll(() => scene[Symbol.asyncDispose]())
  return scene
}
