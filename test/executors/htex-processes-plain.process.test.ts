import { describe } from 'vitest'
import { htexSuites } from './htex-suites.js'

describe('processes, not encrypted', () => {
  htexSuites({ encrypted: false })
})
