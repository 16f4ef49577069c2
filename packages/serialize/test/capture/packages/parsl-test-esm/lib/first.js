export const part = () => 'part'
