//! The one gate that every request of this process to one endpoint with one token goes through: pace,
//! trouble, and waits that the service asked for.
//!
//! Pure but for its lock: time comes in as an argument. A request is admitted with a [`Pass`]; what
//! became of it is told to the gate, or the pass is dropped, which counts as nothing.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::backoff::{Dice, backoff};
use crate::process::PerProcess;

/// How long a run looks away while another run's probe is under way.
const LOOK_AGAIN: Duration = Duration::from_millis(50);
/// A late request may catch up this much of its lateness, so that the pace is kept on average; but never more
/// than half an interval, or several late ones would go out as a burst.
const CATCH_UP: Duration = Duration::from_millis(20);
/// After a 401 in the middle: the service answers so for a short while after a burst.
const PROBES_AFTER_401: [Duration; 3] =
    [Duration::from_secs(5), Duration::from_secs(15), Duration::from_secs(30)];
/// No run is more patient: whatever the service asks, somebody asks it again after this.
const LONGEST: Duration = Duration::from_secs(24 * 3600);
/// What a 429 leaves of the pace, the least that is left, and what each success gives back.
const FALL: f64 = 0.7;
const FLOOR: f64 = 0.05;
const CLIMB: f64 = 1.005;

/// Time between two requests; `None` for as fast as it goes.
pub(crate) type Interval = Option<Duration>;

/// All gates of this process. Kept when the last client goes, so that the next one keeps the pace.
static GATES: PerProcess<(Key, Arc<Gate>)> = PerProcess::new();

/// More gates than this are not kept once nobody uses them.
const KEPT: usize = 64;

/// A digest of endpoint and token.
pub(crate) type Key = [u8; 32];

#[derive(Debug, Default)]
pub(crate) struct Gate {
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    /// When the pace lets the next request go.
    next: Option<Instant>,
    /// Nobody sends before this.
    closed: Option<Hold>,
    /// What is left of the pace after the service complained about it.
    share: f64,
    last_fall: Option<Instant>,
    throttles: u32,
    last_success: Option<Instant>,
    /// Failures in a row without a success: the service's trouble, not one batch's.
    troubles: u32,
    unauthorized: u32,
    /// When the present trouble was last extended; what was sent before says nothing new.
    trouble_at: Option<Instant>,
    /// In trouble one request at a time finds out whether it is over.
    probing: bool,
}

impl Default for State {
    fn default() -> State {
        State {
            next: None,
            closed: None,
            share: 1.0,
            last_fall: None,
            throttles: 0,
            last_success: None,
            troubles: 0,
            unauthorized: 0,
            trouble_at: None,
            probing: false,
        }
    }
}

/// Leave to send one request.
#[derive(Debug)]
pub(crate) struct Pass {
    gate: Arc<Gate>,
    sent_at: Instant,
    probe: bool,
}

/// No leave yet: when to ask again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Hold {
    pub until: Instant,
    pub reason: Waiting,
}

/// What a run is waiting for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Waiting {
    /// Its own pace.
    Pace,
    /// An answer, or the end of trouble.
    Service,
    /// The end of a wait that the service asked for with this HTTP status.
    Asked(u16),
}

/// Whose fault a failure is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Blame {
    /// Others succeed: the batch is charged with an attempt.
    Batch,
    /// Nothing has succeeded since: everybody waits, no attempt is charged.
    Service,
}

impl Gate {
    /// The gate that everybody in this process shares who uses this endpoint and token.
    pub fn shared(key: Key) -> Arc<Gate> {
        let mut gates = GATES.lock();
        if let Some((_, gate)) = gates.iter().find(|(k, _)| *k == key) {
            return gate.clone();
        }
        if gates.len() >= KEPT {
            gates.retain(|(_, gate)| Arc::strong_count(gate) > 1);
        }
        let gate = Arc::new(Gate::default());
        gates.push((key, gate.clone()));
        gate
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Leave to send now, or the time at which to ask again.
    pub fn admit(self: &Arc<Gate>, now: Instant, interval: Interval) -> Result<Pass, Hold> {
        let mut state = self.state();
        if let Some(hold) = state.closed.filter(|hold| hold.until > now) {
            return Err(hold);
        }
        let in_trouble = state.troubles > 0 || state.unauthorized > 0;
        if in_trouble && state.probing {
            return Err(Hold { until: now + LOOK_AGAIN, reason: Waiting::Service });
        }
        if let Some(interval) = interval {
            if let Some(next) = state.next.filter(|next| *next > now) {
                return Err(Hold { until: next, reason: Waiting::Pace });
            }
            let interval = interval.div_f64(state.share);
            let oldest = now.checked_sub(CATCH_UP.min(interval / 2)).unwrap_or(now);
            state.next = Some(state.next.map_or(now, |next| next.max(oldest)) + interval);
        }
        state.probing |= in_trouble;
        Ok(Pass { gate: self.clone(), sent_at: now, probe: in_trouble })
    }

    /// Whether any request with this token has ever been believed.
    pub fn has_succeeded(&self) -> bool {
        self.state().last_success.is_some()
    }

    /// How many failures in a row there were without a success between them.
    pub fn troubles(&self) -> u32 {
        self.state().troubles
    }

    /// What is left of the pace, from 1 down to 0.05.
    #[cfg(test)]
    pub fn share(&self) -> f64 {
        self.state().share
    }
}

impl Pass {
    pub fn sent_at(&self) -> Instant {
        self.sent_at
    }

    /// The service answered and took the request for what it is.
    pub fn succeeded(self, now: Instant) {
        let mut state = self.gate.state();
        state.last_success = Some(now);
        state.troubles = 0;
        // An answer to what was sent before the first 401 says nothing of the time since.
        if state.is_news(self.sent_at) {
            state.unauthorized = 0;
        }
        state.throttles = 0;
        state.share = (state.share * CLIMB).min(1.0);
    }

    /// The attempt failed in a way that may pass. `since` is when this batch was first sent in vain.
    pub fn failed(self, now: Instant, since: Instant, dice: &mut Dice) -> Blame {
        let mut state = self.gate.state();
        if state.last_success.is_some_and(|success| success > since) {
            return Blame::Batch;
        }
        if state.is_news(self.sent_at) {
            state.troubles += 1;
            state.trouble_at = Some(now);
            let wait = backoff(state.troubles, dice);
            state.close(now + wait, Waiting::Service);
        }
        Blame::Service
    }

    /// 429, or 503 with a wait: everybody waits.
    pub fn throttled(self, now: Instant, status: u16, asked: Option<Duration>, dice: &mut Dice) {
        let mut state = self.gate.state();
        if state.last_fall.is_none_or(|fall| self.sent_at >= fall) {
            state.throttles += 1;
            if status == 429 {
                state.share = (state.share * FALL).max(FLOOR);
            }
            state.last_fall = Some(now);
        }
        // A little more than asked, so that not everybody is back in the same millisecond.
        let jitter = Duration::from_millis(250).mul_f64(dice.unit());
        let own = backoff(state.throttles, dice);
        let (wait, reason) = match asked.map(|asked| asked.min(LONGEST)).filter(|asked| *asked > own) {
            Some(asked) => (asked, Waiting::Asked(status)),
            None => (own, Waiting::Service),
        };
        state.close(now + wait + jitter, reason);
    }

    /// 401. `Err` when it is to be believed: the first answer ever, or three probes in vain.
    pub fn unauthorized(self, now: Instant) -> Result<(), ()> {
        let mut state = self.gate.state();
        if state.last_success.is_none() {
            return Err(());
        }
        if state.is_news(self.sent_at) {
            let Some(wait) = PROBES_AFTER_401.get(state.unauthorized as usize) else {
                return Err(());
            };
            state.unauthorized += 1;
            state.trouble_at = Some(now);
            state.close(now + *wait, Waiting::Service);
        }
        Ok(())
    }
}

impl Drop for Pass {
    fn drop(&mut self) {
        if self.probe {
            self.gate.state().probing = false;
        }
    }
}

impl State {
    fn close(&mut self, until: Instant, reason: Waiting) {
        if self.closed.is_none_or(|closed| closed.until < until) {
            self.closed = Some(Hold { until, reason });
        }
    }

    /// Whether a request sent at `sent_at` tells more than is known already.
    fn is_news(&self, sent_at: Instant) -> bool {
        self.trouble_at.is_none_or(|at| sent_at >= at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);
    const PACE: Interval = Some(Duration::from_millis(200));

    fn gate() -> (Arc<Gate>, Instant, Dice) {
        (Arc::new(Gate::default()), Instant::now(), Dice::new(1))
    }

    fn hold(gate: &Arc<Gate>, now: Instant) -> Duration {
        gate.admit(now, PACE).unwrap_err().until - now
    }

    #[test]
    fn requests_are_evenly_spaced_and_never_in_a_burst() {
        let (gate, start, _) = gate();
        let mut now = start;
        let mut sent = Vec::new();
        while now < start + 60 * SECOND {
            match gate.admit(now, PACE) {
                Ok(_pass) => sent.push(now - start),
                // A sleep is never exact: up to 3 ms late.
                Err(hold) => now = hold.until + Duration::from_millis(sent.len() as u64 % 4),
            }
        }
        assert!(sent.len() >= 299, "kept the pace: {}", sent.len());
        let most = |window: Duration| {
            (0..sent.len()).map(|i| sent[i..].iter().take_while(|t| **t < sent[i] + window).count()).max()
        };
        assert!(most(SECOND) <= Some(6) && most(10 * SECOND) <= Some(51));
        // An idle minute is not made up for.
        now += 60 * SECOND;
        gate.admit(now, PACE).unwrap();
        assert!(hold(&gate, now) > Duration::from_millis(170));
    }

    #[test]
    fn late_ones_catch_up_but_keep_half_their_distance() {
        for (interval, late) in
            [(1000, 500), (1000, 3000), (10_000, 5000), (200_000, 20_000), (200_000, 400_000)]
        {
            let (interval, late) = (Duration::from_micros(interval), Duration::from_micros(late));
            let (gate, start, mut dice) = gate();
            let (mut now, mut sent) = (start, vec![]);
            while sent.len() < 1000 {
                match gate.admit(now, Some(interval)) {
                    Ok(_pass) => sent.push(now),
                    Err(hold) => now = hold.until + late.mul_f64(dice.unit()),
                }
            }
            assert!(sent.windows(2).all(|pair| pair[1] - pair[0] >= interval / 2), "{interval:?} {late:?}");
            let kept = sent[999] - start <= 999 * interval + late;
            assert_eq!(kept, late <= CATCH_UP.min(interval / 2), "{interval:?} {late:?}");
        }
    }

    #[test]
    fn a_failure_while_others_succeed_is_the_batchs_own() {
        let (gate, now, mut dice) = gate();
        let failing = gate.admit(now, None).unwrap();
        gate.admit(now, None).unwrap().succeeded(now + SECOND);
        assert_eq!(failing.failed(now + 2 * SECOND, now, &mut dice), Blame::Batch);
        assert!(gate.admit(now + 2 * SECOND, None).is_ok());
    }

    #[test]
    fn without_a_success_everybody_waits_and_one_probes() {
        let (gate, mut now, mut dice) = gate();
        let together: Vec<Pass> = (0..8).map(|_| gate.admit(now, None).unwrap()).collect();
        now += SECOND;
        for pass in together {
            assert_eq!(pass.failed(now, now - SECOND, &mut dice), Blame::Service);
        }
        assert_eq!(gate.troubles(), 1, "eight that were under way together are one failure");
        assert!(gate.admit(now, None).is_err());
        now += SECOND;
        let probe = gate.admit(now, None).unwrap();
        assert_eq!(gate.admit(now, None).unwrap_err().reason, Waiting::Service, "one probe at a time");
        drop(probe);
        let probe = gate.admit(now, None).expect("a probe that came to nothing leaves its place");
        probe.succeeded(now);
        assert_eq!(gate.troubles(), 0);
        let free: Vec<_> = (0..8).map(|_| gate.admit(now, None)).collect();
        assert!(free.iter().all(Result::is_ok));
    }

    #[test]
    fn a_429_is_obeyed_and_lowers_the_pace_once() {
        let (gate, mut now, mut dice) = gate();
        let together: Vec<Pass> = (0..3).map(|_| gate.admit(now, None).unwrap()).collect();
        now += SECOND;
        for pass in together {
            pass.throttled(now, 429, Some(2 * SECOND), &mut dice);
            let Hold { until, reason } = gate.admit(now, None).unwrap_err();
            assert_eq!(reason, Waiting::Asked(429));
            assert!(until >= now + 2 * SECOND && until < now + Duration::from_millis(2800));
        }
        assert!(gate.admit(now + 2 * SECOND - Duration::from_nanos(1), None).is_err());
        assert!((gate.share() - 0.7).abs() < 1e-9);
        let later = now + 3 * SECOND;
        gate.admit(later, PACE).unwrap().succeeded(later);
        assert!((gate.share() - 0.7035).abs() < 1e-9);
        let spacing = hold(&gate, later);
        assert!((0.284..0.287).contains(&spacing.as_secs_f64()), "{spacing:?}");
        for _ in 0..100 {
            gate.admit(later, None).unwrap().succeeded(later);
        }
        assert!((gate.share() - 1.0).abs() < 1e-9);
    }

    #[test]
    fn what_is_asked_counts_up_to_a_day_and_never_less_than_the_backoff() {
        let day = 24 * 3600 * SECOND;
        let (nothing, longest) = (Duration::ZERO, Duration::from_secs(u64::MAX));
        for (asked, at_least, reason) in [
            (Some(longest), day, Waiting::Asked(503)),
            (Some(SECOND), SECOND, Waiting::Asked(503)),
            (Some(nothing), nothing, Waiting::Service),
            (None, nothing, Waiting::Service),
        ] {
            let (gate, now, mut dice) = gate();
            gate.admit(now, None).unwrap().throttled(now, 503, asked, &mut dice);
            let hold = gate.admit(now, None).unwrap_err();
            assert_eq!(hold.reason, reason, "{asked:?}");
            assert!((at_least..at_least + SECOND).contains(&(hold.until - now)), "{asked:?}");
            assert!((gate.share() - 1.0).abs() < 1e-9, "the pace falls with a 429 only");
        }
    }

    #[test]
    fn a_late_success_does_not_cut_a_wait_short() {
        let (gate, now, mut dice) = gate();
        let slow = gate.admit(now, None).unwrap();
        gate.admit(now, None).unwrap().throttled(now, 429, Some(9 * SECOND), &mut dice);
        slow.succeeded(now + SECOND);
        assert!(gate.admit(now + 8 * SECOND, None).is_err());
    }

    #[test]
    fn a_success_from_before_a_401_does_not_end_the_probing() {
        let (gate, mut now, _) = gate();
        let early: Vec<Pass> = (0..3).map(|_| gate.admit(now, None).unwrap()).collect();
        let [first, refused, late] = <[Pass; 3]>::try_from(early).unwrap();
        first.succeeded(now);
        now += SECOND;
        assert_eq!(refused.unauthorized(now), Ok(()));
        late.succeeded(now);
        now += Duration::from_secs(5);
        let probe = gate.admit(now, None).unwrap();
        assert!(gate.admit(now, None).is_err(), "one probe at a time");
        probe.succeeded(now);
        let free = [gate.admit(now, None), gate.admit(now, None)];
        assert!(free.iter().all(Result::is_ok), "a probe that succeeded ends it");
    }

    #[test]
    fn a_401_is_final_at_first_and_probed_later() {
        let (gate, mut now, _) = gate();
        assert_eq!(gate.admit(now, None).unwrap().unauthorized(now), Err(()));
        gate.admit(now, None).unwrap().succeeded(now);
        let together: Vec<Pass> = (0..4).map(|_| gate.admit(now, None).unwrap()).collect();
        now += SECOND;
        for pass in together {
            assert_eq!(pass.unauthorized(now), Ok(()));
        }
        for wait in [5, 15, 30] {
            let until = gate.admit(now, None).unwrap_err().until;
            assert_eq!(until - now, Duration::from_secs(wait));
            now = until;
            let probe = gate.admit(now, None).unwrap();
            assert!(gate.admit(now, None).is_err(), "one probe at a time");
            assert_eq!(probe.unauthorized(now).is_err(), wait == 30);
        }
    }

    #[test]
    fn one_gate_for_one_endpoint_and_token() {
        assert!(Arc::ptr_eq(&Gate::shared([1; 32]), &Gate::shared([1; 32])));
        assert!(!Arc::ptr_eq(&Gate::shared([1; 32]), &Gate::shared([2; 32])));
    }
}
