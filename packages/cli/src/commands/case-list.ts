import { defineCommand } from '../command.ts'
import { declareRegister, listRegister, type RegisterOptions } from '../list-register.ts'

export const caseList = defineCommand<RegisterOptions>({
  declare: (command) => declareRegister(command, 'cases'),
  run: async (context, _, options) => await listRegister(context, 'cases', options),
})
