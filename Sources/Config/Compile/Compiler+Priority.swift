import Core
import Policy

extension Compiler {
    func prioritySettings(of file: Written<FileBlock>) -> PrioritySettings {
        var settings = PrioritySettings()
        guard let block = file[FileBlock.priority] else { return settings }
        if let classes = block[PriorityBlock.classes], !classes.isEmpty {
            var names: Set<String> = []
            for name in classes where !names.insert(name.value).inserted {
                errors.add(name.place, "two classes have the name '\(Shown.text(name.value))'")
            }
            if classes.count > ConfigLimits.priorityClassesMax {
                errors.add(
                    block.place(of: PriorityBlock.classes),
                    "there are at most \(ConfigLimits.priorityClassesMax) classes")
            }
            settings.classes = classes.map(\.value)
        }
        let name = block[PriorityBlock.defaultClass] ?? PrioritySettings().classes[PrioritySettings().defaultClass]
        if let place = settings.place(of: name) {
            settings.defaultClass = place
        } else {
            errors.add(
                block.place(of: PriorityBlock.defaultClass),
                "no class '\(Shown.text(name))' in 'priority.classes'"
                    + Suggestion.suffix(for: name, among: settings.classes))
            settings.defaultClass = 0
        }
        settings.queueMax = block[PriorityBlock.queueMax] ?? settings.queueMax
        settings.waitMax = block[PriorityBlock.waitMax] ?? settings.waitMax
        return settings
    }

    /// The place of the class that a key may name at most.
    func priorityMax(_ name: At<String>?, _ priority: PrioritySettings) -> Int? {
        guard let name else { return nil }
        let place = priority.place(of: name.value)
        if place == nil {
            errors.add(
                name.place,
                "no class '\(Shown.text(name.value))' in 'priority.classes'"
                    + Suggestion.suffix(for: name.value, among: priority.classes))
        }
        return place
    }
}
