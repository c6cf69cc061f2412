'use strict';
// Loaded into the processes of the demo. Their starter may be killed without a chance to end them; then the channel to it
// closes, and they end themselves. Without a channel (started by hand) nothing happens.
if (process.channel) {
  process.once('disconnect', () => {
    process.kill(process.pid, 'SIGTERM');
    setTimeout(() => process.exit(1), 8000).unref();
  });
  process.channel.unref();
}
