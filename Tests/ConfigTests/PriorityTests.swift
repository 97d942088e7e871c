import Plan
import Policy
import Testing

@testable import Config

/// `priority`, a key's `priority_max`, and `server.memory_max`.
@Suite struct PriorityTests {
    private func errors(_ line: String) -> [String] { Load.errors(Small.file + line + "\n") }

    @Test func everyKeyIsRead() throws {
        let settings = try Load.snapshot(
            "priority: { default: low, classes: [ high, low ], queue_max: 7, wait_max: 3s }"
        ).priority
        #expect(settings.classes == ["high", "low"] && settings.defaultClass == 1)
        #expect(settings.queueMax == 7 && settings.waitMax == 3_000_000_000)
        #expect(try Load.snapshot("priority: {}").priority == PrioritySettings())
    }

    @Test func aKeysMostImportantClassIsItsPlace() throws {
        let key = try Load.snapshot("keys: [ { name: a, token: 0123456789abcdef, priority_max: sheddable } ]").keys[0]
        #expect(key.priorityMax == 2)
    }

    @Test func classesThatAreNotThereAreToldOf() {
        #expect(
            errors("priority: { default: hihg, classes: [ high, low ] }")
                == [
                    "headgate.yaml:3:22: priority.default: no class 'hihg' in 'priority.classes'; did you mean 'high'?"
                ])
        #expect(
            errors("priority: { default: a, classes: [ a, a ] }")
                == ["headgate.yaml:3:39: priority.classes[1]: two classes have the name 'a'"])
        #expect(
            errors("keys: [ { name: a, token: 0123456789abcdef, priority_max: urgent } ]")
                == ["headgate.yaml:3:59: keys[0].priority_max: no class 'urgent' in 'priority.classes'"])
    }

    @Test func theMemoryOfBodiesIsASizeOrAutomatic() throws {
        #expect(try Load.snapshot("server: { memory_max: 512MiB }").server.memoryBytesMax == 512 << 20)
        #expect(try Load.snapshot("server: { memory_max: auto }").server.memoryBytesMax == nil)
        #expect(errors("server: { memory_max: 1KiB }").count == 1)
    }
}
