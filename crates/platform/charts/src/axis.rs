//! The value axis: where it begins and ends, and its ticks.

use crate::decimal::{self, Decimal};

/// The steps between two ticks, without their power of ten.
const STEPS: [i64; 3] = [1, 2, 5];

/// No step is smaller than the largest value by more than this: ticks need at most six digits.
const FINEST: f64 = 1e-5;

/// How far a value may be from a tick to count as being on it, in steps.
const TOLERANCE: f64 = 1e-9;

/// An axis from `low` to `high`, which both are ticks.
#[derive(Debug)]
pub(crate) struct Axis {
    low: f64,
    high: f64,
    pub(crate) ticks: Vec<Tick>,
}

/// A line across the plot with its label.
#[derive(Debug)]
pub(crate) struct Tick {
    /// From 0 at the low end to 1 at the high end.
    pub(crate) at: f64,
    pub(crate) label: String,
}

/// Whether an axis begins at zero.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Baseline {
    /// Always: the length of a bar and the size of an area are the value.
    Zero,
    /// Unless all values are so far from zero that their differences would not be seen.
    Near,
}

impl Axis {
    /// An axis with three to six ticks for values from `low` to `high`, which are at most ±1e305.
    pub(crate) fn new(low: f64, high: f64, baseline: Baseline) -> Self {
        let (low, high) = with_baseline(low, high, baseline);
        let finest = low.abs().max(high.abs()) * FINEST;
        let rough = ((high - low) / 4.0).max(finest);
        let (factor, exponent) = step(rough);
        let step = decimal::scale(factor as f64, exponent);
        let first = (low / step + TOLERANCE).floor();
        let last = (high / step - TOLERANCE).ceil().max(first + 1.0);
        let count = last - first;
        // At most 1e5 steps from zero: exact in both types.
        let ticks = (first as i64..=last as i64)
            .map(|index| Tick {
                at: (index as f64 - first) / count,
                label: Decimal {
                    digits: index * factor,
                    exponent,
                }
                .compact(),
            })
            .collect();
        Self {
            low: first * step,
            high: last * step,
            ticks,
        }
    }

    /// An axis from the lowest to the highest value, without ticks.
    pub(crate) fn exact(low: f64, high: f64) -> Self {
        // Equal values are in the middle.
        let (low, high) = if low == high {
            (low - 1.0 - low.abs(), high + 1.0 + high.abs())
        } else {
            (low, high)
        };
        Self {
            low,
            high,
            ticks: Vec::new(),
        }
    }

    /// The place of zero, when the axis has it.
    pub(crate) fn zero(&self) -> Option<f64> {
        (self.low <= 0.0 && self.high >= 0.0).then(|| self.at(0.0))
    }

    /// The place of a value, from 0 at the low end to 1 at the high end.
    pub(crate) fn at(&self, value: f64) -> f64 {
        ((value - self.low) / (self.high - self.low)).clamp(0.0, 1.0)
    }
}

/// The range of the axis: not empty, and with zero where it belongs.
fn with_baseline(low: f64, high: f64, baseline: Baseline) -> (f64, f64) {
    let is_far = low < high && (low > high / 2.0 || high < low / 2.0);
    if baseline == Baseline::Near && is_far {
        return (low, high);
    }
    let (low, high) = (low.min(0.0), high.max(0.0));
    if low == high { (0.0, 1.0) } else { (low, high) }
}

/// The smallest step of 1, 2 or 5 times a power of ten that is not below `rough`.
fn step(rough: f64) -> (i64, i32) {
    let exponent = decimal::magnitude(rough);
    let base = decimal::scale(1.0, exponent);
    STEPS
        .into_iter()
        .find(|&factor| factor as f64 * base >= rough * (1.0 - TOLERANCE))
        .map_or((1, exponent + 1), |factor| (factor, exponent))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn labels(low: f64, high: f64, baseline: Baseline) -> String {
        let axis = Axis::new(low, high, baseline);
        let labels: Vec<_> = axis.ticks.into_iter().map(|tick| tick.label).collect();
        labels.join(" ")
    }

    #[test]
    fn ticks_are_round_numbers() {
        use Baseline::{Near, Zero};
        for (low, high, baseline, expected) in [
            (3.0, 97.0, Zero, "0 50 100"),
            (0.0, 100.0, Zero, "0 50 100"),
            (0.0, 40.0, Zero, "0 10 20 30 40"),
            (1.0, 6.0, Zero, "0 2 4 6"),
            (0.0, 1750.0, Zero, "0 500 1k 1.5k 2k"),
            (-12.0, 30.0, Zero, "−20 0 20 40"),
            (-30.0, -10.0, Zero, "−30 −20 −10 0"),
            (0.0, 0.0, Zero, "0 0.5 1"),
            (7.0, 7.0, Near, "0 2 4 6 8"),
            (-7.0, -7.0, Near, "−8 −6 −4 −2 0"),
            (980.0, 1020.0, Near, "980 990 1k 1.01k 1.02k"),
            (-1020.0, -980.0, Near, "−1.02k −1.01k −1k −990 −980"),
            (10.0, 100.0, Near, "0 50 100"),
            (0.0, 3.4e6, Zero, "0 1M 2M 3M 4M"),
            (0.0, 1e300, Zero, "0 5e299 1e300"),
            (-1e300, 1e300, Zero, "−1e300 −5e299 0 5e299 1e300"),
            (0.0, 2e-9, Zero, "0 5e-10 1e-9 1.5e-9 2e-9"),
            (1e15, 1e15 + 1.0, Near, "1e15 1.00001e15"),
        ] {
            assert_eq!(labels(low, high, baseline), expected, "{low} to {high}");
        }
    }

    proptest! {
        #[test]
        fn an_axis_holds_its_values(
            one in prop::num::f64::NORMAL | prop::num::f64::ZERO,
            other in prop::num::f64::NORMAL | prop::num::f64::ZERO,
            is_near in any::<bool>(),
        ) {
            prop_assume!(one.abs() <= 1e305 && other.abs() <= 1e305);
            prop_assume!([one, other].iter().all(|value| *value == 0.0 || value.abs() >= 1e-300));
            let (low, high) = (one.min(other), one.max(other));
            let baseline = if is_near { Baseline::Near } else { Baseline::Zero };
            let axis = Axis::new(low, high, baseline);
            prop_assert!((2..=7).contains(&axis.ticks.len()), "{:?}", axis);
            let step = (axis.high - axis.low) / (axis.ticks.len() - 1) as f64;
            prop_assert!(axis.low <= low + step * 1e-6 && axis.high >= high - step * 1e-6, "{:?}", axis);
            prop_assert!(axis.at(low) <= axis.at(high));
            prop_assert!(axis.at(low).is_finite() && axis.at(high).is_finite());
            for pair in axis.ticks.windows(2) {
                prop_assert!(pair[0].at < pair[1].at && pair[0].label != pair[1].label, "{:?}", axis);
            }
            prop_assert!(axis.ticks.iter().all(|tick| tick.label.chars().count() <= 12), "{:?}", axis);
        }
    }
}
