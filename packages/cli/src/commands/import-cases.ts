import { defineCommand } from '../command.ts'
import { declareImport, type ImportOptions, importRegister } from '../import-register.ts'

export const importCases = defineCommand<ImportOptions>({
  declare: (command) => declareImport(command, 'cases'),
  run: async (context, [file = ''], options) => await importRegister(context, 'cases', file, options),
})
