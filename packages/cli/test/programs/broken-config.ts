// A configuration that cannot be made here.
throw new Error('no such cluster')
