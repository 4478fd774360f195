//! The names that polecats get: short, pronounceable, and given in a fixed order.

use crate::domain::AgentName;

/// The built-in pool. The first four are those of the town's first day.
pub const POOL: &[&str] = &[
    "Toast", "Shadow", "Copper", "Ash", "Maple", "Onyx", "Pixel", "Rocket", "Basil", "Comet",
    "Domino", "Ember", "Falcon", "Ginger", "Hazel", "Indigo", "Jasper", "Kelp", "Lupin", "Mango",
    "Nimbus", "Otter", "Pepper", "Quill", "Raven", "Saffron", "Tango", "Umber", "Velvet", "Willow",
    "Yarrow", "Zephyr", "Acorn", "Biscuit", "Clover", "Dusty", "Echo", "Fennel", "Gizmo", "Heron",
    "Iris", "Juniper", "Kiwi", "Lotus", "Marble", "Nutmeg", "Olive", "Poppy", "Quartz", "Rusty",
    "Sorrel", "Thistle", "Ursa", "Vesper", "Walnut", "Yonder", "Ziggy", "Birch", "Cricket",
    "Dahlia", "Finch", "Grape", "Holly", "Lark",
];

/// The first name of the pool that is free, else the first free number behind the pool's length.
/// Names that differ in case alone are one name.
pub fn pick_name(pool: &[AgentName], taken: &[AgentName]) -> Option<AgentName> {
    let free = |name: &AgentName| {
        !taken
            .iter()
            .any(|other| other.as_str().eq_ignore_ascii_case(name.as_str()))
    };
    pool.iter().find(|name| free(name)).cloned().or_else(|| {
        (pool.len() + 1..=pool.len() + taken.len() + 1)
            .filter_map(|number| AgentName::parse(&number.to_string()).ok())
            .find(free)
    })
}

/// The names that the operator stated and that can be used; the built-in pool without any.
pub(super) fn pool_of(stated: Option<&[String]>) -> Vec<AgentName> {
    let mut names: Vec<AgentName> = Vec::new();
    for name in stated
        .into_iter()
        .flatten()
        .filter_map(|name| AgentName::parse(name).ok())
    {
        if !names.contains(&name) {
            names.push(name);
        }
    }
    if names.is_empty() {
        names.extend(POOL.iter().filter_map(|name| AgentName::parse(name).ok()));
    }
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(texts: &[&str]) -> Vec<AgentName> {
        texts
            .iter()
            .filter_map(|text| AgentName::parse(text).ok())
            .collect()
    }

    #[test]
    fn the_first_four_are_toast_shadow_copper_ash() {
        let pool = pool_of(None);
        assert_eq!(pool.len(), POOL.len());
        let mut taken = Vec::new();
        for wanted in ["Toast", "Shadow", "Copper", "Ash", "Maple"] {
            let name = pick_name(&pool, &taken).expect("free");
            assert_eq!(name.as_str(), wanted);
            taken.push(name);
        }
        let again = pick_name(&pool, &names(&["Shadow"])).expect("free");
        assert_eq!(again.as_str(), "Toast");
    }

    #[test]
    fn names_are_unique_in_any_case() {
        let mut lower: Vec<String> = POOL.iter().map(|name| name.to_lowercase()).collect();
        lower.sort();
        lower.dedup();
        assert_eq!(lower.len(), POOL.len());
        assert_eq!(
            pick_name(&names(&["Toast", "Ash"]), &names(&["toast"]))
                .expect("free")
                .as_str(),
            "Ash"
        );
    }

    #[test]
    fn numbers_follow_a_pool_that_is_used_up() {
        let own = vec![
            "Ann".to_owned(),
            "Bob".to_owned(),
            "main".to_owned(),
            "Ann".to_owned(),
        ];
        let pool = pool_of(Some(&own));
        assert_eq!(pool, names(&["Ann", "Bob"]));
        assert_eq!(pick_name(&pool, &pool).expect("free").as_str(), "3");
        assert_eq!(
            pick_name(&pool, &names(&["Ann", "Bob", "3"]))
                .expect("free")
                .as_str(),
            "4"
        );
    }
}
