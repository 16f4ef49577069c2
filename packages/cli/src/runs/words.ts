import { relative } from 'node:path'
import type { Run, RunRecord } from '@parsl/core/runs'

export const UNKNOWN = 'unknown'

const pad = (value: number): string => String(value).padStart(2, '0')

/** `2026-11-20 18:00:00`, in the time zone of whoever asks. */
export const timeText = (at: string | number): string => {
  const date = new Date(at)
  const day = [date.getFullYear(), pad(date.getMonth() + 1), pad(date.getDate())].join('-')
  return `${day} ${[date.getHours(), date.getMinutes(), date.getSeconds()].map(pad).join(':')}`
}

/** `0.3 s`, `90 s`, `12:05`, `3:00:07`, `2 d 3:00:07` */
export const tookText = (seconds: number): string => {
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`
  if (seconds < 99.5) return `${Math.round(seconds)} s`
  const whole = Math.round(seconds)
  const [days, hours, minutes] = [
    Math.floor(whole / 86_400),
    Math.floor(whole / 3_600) % 24,
    Math.floor(whole / 60) % 60,
  ]
  const clock = hours + days > 0 ? `${hours}:${pad(minutes)}` : String(minutes)
  return `${days > 0 ? `${days} d ` : ''}${clock}:${pad(whole % 60)}`
}

/** Seconds between the start of a run and its end, or now where it runs; `undefined` where nobody knows. */
export const secondsOf = ({ record, state }: Run, now: number): number | undefined => {
  if (!record) return undefined
  const start = Date.parse(record.startedAt)
  if (record.end) return Math.max(0, (Date.parse(record.end.at) - start) / 1_000)
  return state === 'running' ? Math.max(0, (now - start) / 1_000) : undefined
}

/** The program as it was started, from where it was started; control characters would upset the terminal. */
export const commandText = ({ command: [program = '', ...args], cwd }: RunRecord): string => {
  const near = relative(cwd, program)
  const shown = near === '' || near.startsWith('..') ? program : near
  return [shown, ...args].join(' ').replaceAll(/\p{Cc}+/gu, ' ')
}
