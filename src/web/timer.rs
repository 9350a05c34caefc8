//! Delays, by the host's timers.
//!
//! In here: a future over `setTimeout`. Not in here: when to wait (`service/pipeline.rs`).

use core::{
    future::Future,
    pin::Pin,
    task::{Context, Poll},
    time::Duration,
};

use js_sys::{Function, Promise};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_name = setTimeout)]
    fn set_timeout(callback: &Function, milliseconds: f64) -> JsValue;
    #[wasm_bindgen(js_name = clearTimeout)]
    fn clear_timeout(id: &JsValue);
}

/// The longest delay of the hosts' timers, in milliseconds; a longer one would end at once.
const LONGEST: f64 = 2_147_483_647.0;

/// A delay. Dropping it clears the timer, so that it does not keep the process alive.
pub struct Sleep {
    timer: JsValue,
    done: JsFuture,
}

impl Sleep {
    /// Starts the timer.
    pub fn new(time: Duration) -> Self {
        let mut timer = JsValue::UNDEFINED;
        let promise = Promise::new(&mut |resolve, _| {
            timer = set_timeout(&resolve, (time.as_millis() as f64).min(LONGEST));
        });
        Self {
            timer,
            done: JsFuture::from(promise),
        }
    }
}

impl Future for Sleep {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        Pin::new(&mut self.done).poll(cx).map(drop)
    }
}

impl Drop for Sleep {
    fn drop(&mut self) {
        clear_timeout(&self.timer);
    }
}
