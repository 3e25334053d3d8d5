//! What signals do: before a run they end the program, during a run the first one cancels it and the second one ends
//! the program at once. A signal that was ignored at the start, as under `nohup`, stays ignored.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use usercom::Cancel;

/// How often a wait looks for a signal.
const STEP: Duration = Duration::from_millis(50);

/// Listens to signals as long as the program runs.
pub struct Signals(Arc<Mutex<State>>);

#[derive(Default)]
struct State {
    /// The run that a signal cancels.
    run: Option<Cancel>,
    /// The signal that did.
    cancelled_by: Option<i32>,
}

impl Signals {
    /// Handlers of our own are needed for the default actions, too: the first process of a container has none.
    pub fn listen() -> Result<Signals, String> {
        let state = Arc::new(Mutex::new(State::default()));
        let heard = state.clone();
        system::each(move |signal| react(&mut lock(&heard), signal))
            .map_err(|error| format!("can't listen for signals: {error}"))?;
        Ok(Signals(state))
    }

    /// A handle for a run; from now on the first signal cancels it. One that has come before does so, too.
    pub fn cancel_run(&self) -> Cancel {
        let cancel = Cancel::new();
        let mut state = lock(&self.0);
        if state.cancelled_by.is_some() {
            cancel.request();
        }
        state.run = Some(cancel.clone());
        cancel
    }

    /// The run is over: from now on a signal ends the program at once.
    pub fn run_ended(&self) {
        lock(&self.0).run = None;
    }

    /// Waits, at most this long; true if a signal ended the wait.
    pub fn wait(&self, time: Duration) -> bool {
        let cancel = self.cancel_run();
        let until = Instant::now().checked_add(time);
        while !cancel.is_requested() && until.is_none_or(|until| Instant::now() < until) {
            let left = until.map_or(STEP, |until| until.saturating_duration_since(Instant::now()));
            std::thread::sleep(left.min(STEP));
        }
        self.run_ended();
        cancel.is_requested()
    }

    /// The signal that cancelled the run.
    pub fn cancelled_by(&self) -> Option<i32> {
        lock(&self.0).cancelled_by
    }
}

fn lock(state: &Mutex<State>) -> MutexGuard<'_, State> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

fn react(state: &mut State, signal: i32) {
    match &state.run {
        Some(run) if !run.is_requested() => {
            run.request();
            state.cancelled_by = Some(signal);
            crate::say::say(
                "cancelled; waiting up to 5 s for requests in flight; press Ctrl-C again (or send the signal again) to quit now",
            );
        }
        _ => system::exit_now(crate::exit::of_signal(signal)),
    }
}

pub use self::system::wait_for_end;

#[cfg(unix)]
mod system {
    use std::io;
    use std::mem::MaybeUninit;
    use std::ptr::null;
    use std::thread;

    use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
    use signal_hook::iterator::Signals;

    fn heard() -> io::Result<Signals> {
        Signals::new([SIGINT, SIGTERM, SIGHUP].into_iter().filter(|signal| !is_ignored(*signal)))
    }

    /// Calls `react` for each signal, on a thread of its own.
    pub fn each(mut react: impl FnMut(i32) + Send + 'static) -> io::Result<()> {
        let mut signals = heard()?;
        thread::Builder::new()
            .name("usercom-signals".to_owned())
            .spawn(move || signals.forever().for_each(&mut react))?;
        Ok(())
    }

    /// Returns a function that returns at the first signal.
    pub fn wait_for_end() -> io::Result<impl FnOnce()> {
        let mut signals = heard()?;
        Ok(move || {
            signals.forever().next();
        })
    }

    /// Without destructors and exit handlers, which other threads might hold up.
    pub fn exit_now(code: u8) {
        signal_hook::low_level::exit(code.into());
    }

    #[allow(unsafe_code, reason = "no safe crate asks for a signal's action without changing it")]
    fn is_ignored(signal: i32) -> bool {
        let mut action = MaybeUninit::<libc::sigaction>::uninit();
        // SAFETY: with a null new action the call only writes the present one to `action`, which is large enough.
        let failed = unsafe { libc::sigaction(signal, null(), action.as_mut_ptr()) } != 0;
        // SAFETY: the call has written it.
        !failed && unsafe { action.assume_init() }.sa_sigaction == libc::SIG_IGN
    }
}

#[cfg(not(unix))]
mod system {
    use std::io;

    /// Ctrl-C, which is all there is.
    pub fn each(mut react: impl FnMut(i32) + Send + 'static) -> io::Result<()> {
        ctrlc::set_handler(move || react(2)).map_err(io::Error::other)
    }

    pub fn wait_for_end() -> io::Result<impl FnOnce()> {
        let (heard, wait) = std::sync::mpsc::channel();
        each(move |_| drop(heard.send(())))?;
        Ok(move || drop(wait.recv()))
    }

    pub fn exit_now(code: u8) {
        std::process::exit(code.into());
    }
}
