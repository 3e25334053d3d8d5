//! The table at the end: what was measured, and whether it is what we want.

/// Whether a missed goal fails the bench.
#[derive(Clone, Copy, PartialEq)]
pub enum Kind {
    /// Counted: the same on every machine.
    Counted,
    /// Timed: a busy machine can miss it.
    Timed,
}

#[derive(Default)]
pub struct Table {
    failed: bool,
}

impl Table {
    pub fn head(&self, title: &str) {
        println!("\n{title}");
    }

    /// A figure without a goal.
    pub fn line(&self, what: &str, figure: &str) {
        println!("  {what:<58}{figure:>22}");
    }

    /// A figure that should be at most `goal`.
    pub fn at_most(&mut self, what: &str, figure: f64, goal: f64, unit: &str, kind: Kind) {
        self.goal(what, figure, "<=", goal, unit, kind, figure <= goal);
    }

    /// A figure that should be at least `goal`.
    pub fn at_least(&mut self, what: &str, figure: f64, goal: f64, unit: &str, kind: Kind) {
        self.goal(what, figure, ">=", goal, unit, kind, figure >= goal);
    }

    #[allow(clippy::too_many_arguments)] // One column each.
    fn goal(&mut self, what: &str, figure: f64, sign: &str, goal: f64, unit: &str, kind: Kind, met: bool) {
        let digits = if figure.abs() < 10.0 { 2 } else { 1 };
        let figure = format!("{figure:.digits$}{unit}");
        println!("  {what:<58}{figure:>10}  {sign} {goal}{unit:<6}{}", if met { "" } else { "  MISSED" });
        self.failed |= !met && kind == Kind::Counted;
    }

    /// Whether a figure that is the same on every machine missed its goal.
    pub fn failed(&self) -> bool {
        self.failed
    }
}
