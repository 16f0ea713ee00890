//! The roles that may add, change and remove members of an organization.
//!
//! The rule that an organization keeps at least one owner depends on all its members. The SQL
//! statement that changes them enforces it.

use prox_types::Role;

/// Whether `actor` may add (`current` is none), change, or remove (`new` is none) another
/// member. Leaving is not covered: every member may remove themselves.
///
/// Owners may do everything. Admins may not change owners or appoint them.
#[must_use]
pub fn may_change_member(actor: Role, current: Option<Role>, new: Option<Role>) -> bool {
    let touches_owner = current == Some(Role::Owner) || new == Some(Role::Owner);
    match actor {
        _ if current.is_none() && new.is_none() => false,
        Role::Owner => true,
        Role::Admin => !touches_owner,
        Role::Member => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use Role::{Admin, Member, Owner};

    const ALL: [Option<Role>; 4] = [None, Some(Member), Some(Admin), Some(Owner)];

    #[test]
    fn a_member_may_change_no_membership() {
        for current in ALL {
            for new in ALL {
                assert!(!may_change_member(Member, current, new));
            }
        }
    }

    #[test]
    fn an_admin_changes_members_and_admins_only() {
        assert!(may_change_member(Admin, None, Some(Member)));
        assert!(may_change_member(Admin, None, Some(Admin)));
        assert!(may_change_member(Admin, Some(Admin), Some(Member)));
        assert!(may_change_member(Admin, Some(Admin), None));
        for other in ALL {
            assert!(!may_change_member(Admin, Some(Owner), other));
            assert!(!may_change_member(Admin, other, Some(Owner)));
        }
    }

    #[test]
    fn an_owner_changes_everybody() {
        for current in ALL {
            for new in ALL {
                let something = current.is_some() || new.is_some();
                assert_eq!(may_change_member(Owner, current, new), something);
            }
        }
    }
}
