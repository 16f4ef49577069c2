const ignore = (): void => {}

/** Tells people something on standard error. Nobody may be there to read it: a closed pipe or terminal must not end the program. */
export const tell = (text: string): void => {
  const { stderr } = process
  try {
    stderr.write(text, (error) => {
      if (error && stderr.listenerCount('error') === 0) stderr.once('error', ignore)
    })
  } catch {
    return
  }
}
