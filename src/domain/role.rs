//! Roles and what each may do.

use super::text::text_enum;

text_enum! {
    /// What a member of an organization is.
    Role {
        /// Everything.
        Owner = "owner",
        /// Everything but the owner's seat.
        Admin = "admin",
        /// Runs sites: limits, resolving, suppressing.
        Manager = "manager",
        /// Works there: acknowledges, writes logs.
        Staff = "staff",
        /// Looks on.
        Viewer = "viewer",
        /// Looks on, exports, reads the audit.
        Inspector = "inspector",
    }
}

/// Something that needs a right.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    /// See the organization's tree, readings and alerts.
    View,
    /// Acknowledge an alert.
    Acknowledge,
    /// Write limits of a unit or a site.
    WriteLimits,
    /// Write limits of the organization, or severities.
    WriteOrganizationLimits,
    /// Change the organization; make, change and remove sites, areas, units, devices and gateways.
    ManageTree,
    /// Read the messages that could not be used.
    ReadQuarantine,
    /// See who is a member.
    ReadUsers,
    /// Hand in readings without a webhook.
    SendReadings,
}

impl Role {
    /// Whether this role has the right.
    #[must_use]
    pub const fn may(self, action: Action) -> bool {
        match action {
            Action::View => true,
            Action::Acknowledge => matches!(
                self,
                Self::Owner | Self::Admin | Self::Manager | Self::Staff
            ),
            Action::WriteLimits => matches!(self, Self::Owner | Self::Admin | Self::Manager),
            Action::WriteOrganizationLimits
            | Action::ManageTree
            | Action::ReadQuarantine
            | Action::SendReadings => matches!(self, Self::Owner | Self::Admin),
            Action::ReadUsers => matches!(self, Self::Owner | Self::Admin | Self::Inspector),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rights_follow_the_matrix() {
        let holders = |action| {
            Role::ALL
                .iter()
                .filter(|r| r.may(action))
                .map(|r| r.as_str())
                .collect::<Vec<_>>()
                .join(" ")
        };
        assert_eq!(
            holders(Action::View),
            "owner admin manager staff viewer inspector"
        );
        assert_eq!(holders(Action::Acknowledge), "owner admin manager staff");
        assert_eq!(holders(Action::WriteLimits), "owner admin manager");
        assert_eq!(holders(Action::ReadUsers), "owner admin inspector");
        for action in [
            Action::WriteOrganizationLimits,
            Action::ManageTree,
            Action::ReadQuarantine,
            Action::SendReadings,
        ] {
            assert_eq!(holders(action), "owner admin", "{action:?}");
        }
    }
}
