import Core
import Plan
import Policy

/// How important a call is: what its client names, within what its key allows.
extension Exchange {
    /// - Throws: where the header names no class.
    func readPriority() throws(GatewayError) {
        guard let name = client.priority else { return }
        guard let place = snapshot.priority.place(of: name) ?? snapshot.priority.place(of: name.lowercased()) else {
            throw GatewayError(
                .invalidRequest,
                "x-headgate-priority must be one of \(snapshot.priority.classes.joined(separator: ", ")).",
                parameter: "x-headgate-priority")
        }
        namedPriority = place
    }

    /// With the tags that are known now. A call whose class was named has it as its tag `priority`, as it was granted.
    func choosePriority() {
        let settings = snapshot.priority
        let own = key?.tags[Self.priorityTag].flatMap(settings.place)
        // What the key does not set comes from the client.
        let tagged = own == nil ? record.tags[Self.priorityTag].flatMap(settings.place) : nil
        let named = namedPriority ?? tagged
        priority = settings.granted(named: named, own: own, highest: key == nil ? 0 : key?.priorityMax)
        if named != nil { record.tags.set(Self.priorityTag, settings.name(of: priority)) }
    }

    private static let priorityTag = "priority"
}
