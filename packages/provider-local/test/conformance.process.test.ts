import { providerConformance } from '@parsl/testing/provider'
import { localProvider } from '../src/index.ts'

providerConformance({ create: () => localProvider({ statusPeriod: '20ms', killGrace: '500ms' }) })
