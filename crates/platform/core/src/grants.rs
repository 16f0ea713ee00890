//! Who may do what with a space and its items.
//!
//! The SQL functions and frames decide this inside each statement (`migrations/0022`, `db/src/frame.rs`).
//! This is the same rule in the simplest words; a test holds the statements against it with random spaces,
//! grants, links and viewers.

use prox_types::{ItemVisibility, Level, Role, Visibility};

/// A principal of a grant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Principal<Id> {
    /// Everybody.
    Anyone,
    /// Those who open a link.
    Link(Id),
    /// The members of an organization.
    Organization(Id),
    /// A user by id.
    User(Id),
    /// The user with this verified mail address.
    Email(Id),
}

/// A grant on the space (`item` is none) or on one item of it.
#[derive(Clone, Debug)]
pub struct Given<Id> {
    /// Index of the item.
    pub item: Option<usize>,
    /// To whom.
    pub principal: Principal<Id>,
    /// What they may do.
    pub level: Level,
}

/// An item of a space.
#[derive(Clone, Copy, Debug)]
pub struct ModelItem {
    /// Who sees it.
    pub visibility: ItemVisibility,
    /// Index of its folder.
    pub folder: Option<usize>,
}

/// A space with everything that decides who sees what. A link that shows the space or an item is a grant to
/// itself; a link or a grant that ended is absent.
#[derive(Clone, Debug)]
pub struct ModelSpace<Id> {
    /// Who sees the space.
    pub visibility: Visibility,
    /// Its items.
    pub items: Vec<ModelItem>,
    /// Its grants.
    pub grants: Vec<Given<Id>>,
}

/// Somebody who asks.
#[derive(Clone, Debug)]
pub struct ModelViewer<Id> {
    /// Their role in the organization of the space.
    pub role: Option<Role>,
    /// What they are: themselves, the owner of an address, a member of organizations, the holder of a link.
    /// [`Principal::Anyone`] is one of it for pages, and not for the API, which needs a grant to them.
    pub is: Vec<Principal<Id>>,
    /// Whether published spaces count, as on pages.
    pub with_public: bool,
}

impl<Id: PartialEq> ModelSpace<Id> {
    /// The level of a viewer on the space; none when they see nothing or single items of it.
    pub fn level(&self, viewer: &ModelViewer<Id>) -> Option<Level> {
        let published = viewer.with_public && self.visibility.is_published();
        let public = published.then_some(Level::View);
        role_level(viewer.role)
            .max(self.granted(None, viewer))
            .max(public)
    }

    /// The level of a viewer on the item with an index; none when they do not see it.
    pub fn item_level(&self, index: usize, viewer: &ModelViewer<Id>) -> Option<Level> {
        let item = self.items.get(index)?;
        let inherited = match (item.visibility, item.folder) {
            (ItemVisibility::Private, _) => None,
            (ItemVisibility::Inherit, None) => self.level(viewer),
            (ItemVisibility::Inherit, Some(folder)) => self.item_level(folder, viewer),
        };
        role_level(viewer.role)
            .max(self.granted(Some(index), viewer))
            .max(inherited)
    }

    fn granted(&self, item: Option<usize>, viewer: &ModelViewer<Id>) -> Option<Level> {
        let given = self.grants.iter().filter(|grant| grant.item == item);
        given
            .filter(|grant| viewer.is.contains(&grant.principal))
            .map(|grant| grant.level)
            .max()
    }
}

/// The level of a member: members change everything, admins and owners also decide who sees it.
#[must_use]
pub fn role_level(role: Option<Role>) -> Option<Level> {
    role.map(|role| match role {
        Role::Member => Level::Edit,
        Role::Admin | Role::Owner => Level::Manage,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn viewer(is: Vec<Principal<u8>>) -> ModelViewer<u8> {
        ModelViewer {
            role: None,
            is,
            with_public: true,
        }
    }

    fn item(visibility: ItemVisibility, folder: Option<usize>) -> ModelItem {
        ModelItem { visibility, folder }
    }

    fn grant(item: Option<usize>, principal: Principal<u8>, level: Level) -> Given<u8> {
        Given {
            item,
            principal,
            level,
        }
    }

    #[test]
    fn an_item_inherits_is_widened_and_is_narrowed() {
        use ItemVisibility::{Inherit, Private};
        let space = ModelSpace {
            visibility: Visibility::Public,
            items: vec![
                item(Inherit, None),
                item(Private, None),
                item(Private, None),
                item(Inherit, Some(2)),
            ],
            grants: vec![
                grant(None, Principal::User(1), Level::Edit),
                grant(Some(1), Principal::User(1), Level::View),
                grant(Some(0), Principal::User(2), Level::Manage),
                grant(Some(2), Principal::Link(3), Level::View),
            ],
        };
        let levels = |viewer: &ModelViewer<u8>| -> Vec<Option<Level>> {
            (0..4).map(|i| space.item_level(i, viewer)).collect()
        };
        let (view, edit, manage) = (Some(Level::View), Some(Level::Edit), Some(Level::Manage));
        assert_eq!(levels(&viewer(vec![])), [view, None, None, None]);
        // A grant on a private item narrows what the grant on the space gives.
        assert_eq!(
            levels(&viewer(vec![Principal::User(1)])),
            [edit, view, None, None]
        );
        assert_eq!(
            levels(&viewer(vec![Principal::User(2)])),
            [manage, None, None, None]
        );
        // A grant on a folder holds for its items.
        assert_eq!(
            levels(&viewer(vec![Principal::Link(3)])),
            [view, None, view, view]
        );
    }

    #[test]
    fn members_see_private_items() {
        let space = ModelSpace::<u8> {
            visibility: Visibility::Private,
            items: vec![item(ItemVisibility::Private, None)],
            grants: vec![],
        };
        for (role, level) in [
            (None, None),
            (Some(Role::Member), Some(Level::Edit)),
            (Some(Role::Admin), Some(Level::Manage)),
            (Some(Role::Owner), Some(Level::Manage)),
        ] {
            let viewer = ModelViewer {
                role,
                ..viewer(vec![])
            };
            assert_eq!(space.level(&viewer), level);
            assert_eq!(space.item_level(0, &viewer), level);
        }
    }
}
