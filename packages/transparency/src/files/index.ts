export { folderTiles } from './folder-tiles.ts'
export { keptCheckpoints } from './kept-checkpoints.ts'
export { type LogFolderOptions, openLogFolder, type Publications } from './log-folder.ts'
