import Core
import Ledger
import Plan

/// What an exchange has reserved under limits and budgets, until it is settled.
struct ReservedCall {
    var call: Reservation?
    /// Of the attempt with this number.
    var attempt: (reservation: Reservation, place: Int)?
    /// Of the attempts from this number on, which another model serves.
    var standIn: (reservation: Reservation, place: Int)?
    /// How many attempts the model had that was reserved for first; nil: none has stood in for it.
    var ownAttempts: Int?
    /// What was reserved of tokens and money; nil: nothing was worked out yet.
    var amounts: Amounts?
    /// The name under which the model's usual output is known; nil: nothing that counts tokens or money is reserved.
    var model: String?
    /// What the tightest budget has left; nil: none counts.
    private(set) var budgetRemaining: Money?

    mutating func noteRemaining(_ remaining: Money?) {
        guard let remaining else { return }
        budgetRemaining = min(budgetRemaining ?? remaining, remaining)
    }
}

extension Exchange {
    /// What the call is told apart by under limits.
    func value(of dimension: LimitDimension, _ call: Call, _ provider: Provider?) -> String? {
        switch dimension {
        case .key: key?.name
        case .project: record.project
        case .model: call.route == nil ? record.model : call.leg.model
        case .route: call.route?.pattern
        case .provider: provider?.name
        case .tag(let name): record.tags[name]
        }
    }
}
