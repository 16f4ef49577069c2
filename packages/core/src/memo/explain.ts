import { ConfigurationError, type MemoAnswer, type MemoExplanation, stays } from '@parsl/interfaces'
import { AppFuture } from '../future/app-future.js'

const answers = new WeakMap<object, MemoAnswer>()

/** @internal Keeps what the memoizer said of a call, as long as its future is held. */
export const keepAnswer = (future: object, answer: MemoAnswer): void => void answers.set(future, answer)

const notLookedUp = (future: AppFuture<unknown, readonly unknown[]>): string => {
  if (future.state === 'pending') return `${future.description} waits for its inputs, and is looked up when it has them`
  return `${future.description} was not looked up: its app has no cache, or it failed before`
}

/**
 * Tells why a call of an app with `cache: true` was run, or was not: which part of its key differs from the earlier call that is most like it.
 * @throws ConfigurationError `PARSL_CONFIG` for what is no future of an app
 */
export const explain = async (future: AppFuture<unknown, readonly unknown[]>): Promise<MemoExplanation> => {
  if (!(future instanceof AppFuture)) throw new ConfigurationError(['explain() takes the future of a call of an app'])
  const answer = answers.get(future)
  if (answer?.explain) return answer.explain()
  const why = answer ? 'the memoizer does not tell why' : notLookedUp(future)
  return {
    outcome: answer?.hit ? 'hit' : answer ? 'miss' : 'off',
    why,
    key: undefined,
    nearest: undefined,
    differences: [],
  }
}

stays('it tells what the program knows of a call; call it outside of a body, with the future', explain)
