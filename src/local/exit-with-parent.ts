/** Preloaded into every job: a worker whose runner was killed ends too, rather than working on unseen. */
process.on('disconnect', () => process.exit(137));
// The channel alone does not keep a finished job alive.
process.channel?.unref();
