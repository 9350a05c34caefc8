//! What a client has sent and waits for its turn: one piece after another, on a task of its own.
//!
//! While a piece takes its time, the client's other frames are handled. What was received is done even when the client
//! goes.

use std::sync::Arc;

use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::task::JoinHandle;

/// The most bytes that may wait: 16 MiB. While there is no room, the client's socket is not read.
const MAX_BYTES: usize = 16 * 1024 * 1024;
/// A small piece takes this much room, so that at most 1,024 wait.
const MIN_BYTES: usize = MAX_BYTES / 1024;

/// A piece, and the room that it takes until it is done.
pub(super) struct Waiting<T> {
    pub(super) piece: T,
    pub(super) _room: Option<OwnedSemaphorePermit>,
}

/// The backlog of one client. It exists from the first piece on.
pub(super) struct Backlog<T>(Option<Running<T>>);

struct Running<T> {
    sender: UnboundedSender<Waiting<T>>,
    room: Arc<Semaphore>,
    worker: JoinHandle<()>,
}

impl<T> Default for Backlog<T> {
    fn default() -> Self {
        Self(None)
    }
}

impl<T> Backlog<T> {
    /// Adds a piece of so many bytes, once there is room. `start` starts the task that does the work.
    pub(super) async fn add(
        &mut self,
        piece: T,
        bytes: usize,
        start: impl FnOnce(UnboundedReceiver<Waiting<T>>) -> JoinHandle<()>,
    ) {
        let running = self.0.get_or_insert_with(|| {
            let (sender, receiver) = unbounded_channel();
            Running {
                sender,
                room: Arc::new(Semaphore::new(MAX_BYTES)),
                worker: start(receiver),
            }
        });
        let size = u32::try_from(bytes.clamp(MIN_BYTES, MAX_BYTES)).unwrap_or(u32::MAX);
        let _room = Arc::clone(&running.room).acquire_many_owned(size).await.ok();
        // Nobody works any more when the service is stopping, or after a close because of a piece.
        let _ = running.sender.send(Waiting { piece, _room });
    }

    /// Waits until all is done.
    pub(super) async fn finish(self) {
        if let Some(Running { sender, worker, .. }) = self.0 {
            drop(sender);
            let _ = worker.await;
        }
    }
}
