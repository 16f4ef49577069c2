import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['packages/testing/test/programs/bad-*.ts'],
    pool: 'forks',
    sequence: { concurrent: false },
  },
})
