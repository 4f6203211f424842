//! Places in a list that several people change: who stays in order keeps its place, others go in between.

/// Below this distance doubles get coarse: then the whole list is numbered anew.
const CLOSEST: f64 = 1e-6;

/// Ranks for a list in its new order, given the old rank of each (`None`: new here). Rising strictly; as many as
/// possible stay as they were.
pub fn ranks(old: &[Option<f64>]) -> Vec<f64> {
    let kept = longest_rising(old);
    let mut ranks: Vec<f64> = Vec::with_capacity(old.len());
    let mut at = 0;
    while at < old.len() {
        if let Some(rank) = old[at].filter(|_| kept[at]) {
            ranks.push(rank);
            at += 1;
            continue;
        }
        let run = (at..old.len()).take_while(|i| !kept[*i]).count();
        let before = ranks.last().copied();
        let after = old.get(at + run).copied().flatten();
        for i in 1..=run {
            let share = i as f64 / (run + 1) as f64;
            ranks.push(match (before, after) {
                (Some(before), Some(after)) => before + (after - before) * share,
                (Some(before), None) => before + i as f64,
                (None, Some(after)) => after - (run + 1 - i) as f64,
                (None, None) => i as f64,
            });
        }
        at += run;
    }
    if ranks.windows(2).all(|pair| pair[1] - pair[0] > CLOSEST) { ranks } else { (0..old.len()).map(|i| i as f64).collect() }
}

/// Which entries belong to the longest strictly rising sequence.
fn longest_rising(old: &[Option<f64>]) -> Vec<bool> {
    // tails[n]: the entry that ends the best sequence of n + 1 entries so far.
    let (mut tails, mut previous): (Vec<usize>, Vec<Option<usize>>) = (Vec::new(), vec![None; old.len()]);
    for (at, rank) in old.iter().enumerate() {
        let Some(rank) = rank else { continue };
        let length = tails.partition_point(|tail| old[*tail].is_some_and(|end| end < *rank));
        previous[at] = length.checked_sub(1).map(|before| tails[before]);
        if length == tails.len() { tails.push(at) } else { tails[length] = at }
    }
    let mut kept = vec![false; old.len()];
    let mut next = tails.last().copied();
    while let Some(at) = next {
        kept[at] = true;
        next = previous[at];
    }
    kept
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::ranks;

    #[test]
    fn one_that_moves_is_the_only_one_that_changes() {
        let old = [Some(0.0), Some(3.0), Some(1.0), Some(2.0)];
        assert_eq!(ranks(&old), [0.0, 0.5, 1.0, 2.0]);
        assert_eq!(ranks(&[Some(0.0), Some(1.0), None]), [0.0, 1.0, 2.0]);
        assert_eq!(ranks(&[None, Some(0.0)]), [-1.0, 0.0]);
    }

    proptest! {
        #[test]
        fn ranks_rise_and_a_list_in_order_is_left_alone(old in prop::collection::vec(prop::option::of(-5i32..50), 0..30)) {
            let old: Vec<Option<f64>> = old.into_iter().map(|rank| rank.map(f64::from)).collect();
            let new = ranks(&old);
            prop_assert!(new.windows(2).all(|pair| pair[0] < pair[1]), "{new:?}");
            let settled: Vec<Option<f64>> = new.iter().copied().map(Some).collect();
            prop_assert_eq!(ranks(&settled), new);
        }
    }
}
