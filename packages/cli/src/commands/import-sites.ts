import { defineCommand } from '../command.ts'
import { declareImport, type ImportOptions, importRegister } from '../import-register.ts'

export const importSites = defineCommand<ImportOptions>({
  declare: (command) => declareImport(command, 'sites'),
  run: async (context, [file = ''], options) => await importRegister(context, 'sites', file, options),
})
