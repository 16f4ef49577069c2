import { describe } from 'vitest'
import { htexSuites } from './htex-suites.js'

describe('threads, not encrypted', () => {
  htexSuites({ workers: 'threads', encrypted: false })
})
