export let counter = 0
export const bump = () => {
  counter += 1
}
