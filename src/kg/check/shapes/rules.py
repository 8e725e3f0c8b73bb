"""Name the rules of the stage of shapes."""

from __future__ import annotations

__all__ = ["RULES"]

#: The rules of this stage: severity and what is wrong.
RULES = {
    "shapes/none": ("violation", "No shape at all, so that everything conforms"),
    "shapes/empty": ("violation", "A file of shapes that has none"),
    "shapes/unknown-term": ("violation", "A term that SHACL does not have"),
    "shapes/no-target": ("violation", "A shape that has no target and that no other uses"),
    "shapes/target-unknown": ("violation", "A target that nothing defines"),
    "shapes/path-unknown": ("violation", "A property that nothing defines"),
    "shapes/class-unknown": ("violation", "A class that nothing defines"),
    "shapes/datatype-unknown": ("violation", "A datatype that is none"),
    "shapes/value-unknown": ("violation", "A value that its scheme does not have"),
    "shapes/dangling": ("violation", "A link to a shape that is not there"),
    "shapes/list": ("violation", "A list that is not well formed"),
    "shapes/circular": ("violation", "Shapes that refer to themselves at the same node"),
    "shapes/import": ("violation", "An import that is not in the repository"),
    "shapes/parameter": ("violation", "A parameter given twice, or of the wrong kind"),
    "shapes/contradiction": ("violation", "Constraints that no value can meet together"),
    "shapes/in-empty": ("violation", "A list of allowed values without any"),
    "shapes/pattern": ("violation", "A regular expression that cannot be read"),
    "shapes/sparql": ("violation", "A constraint whose query cannot work"),
    "shapes/no-path": ("violation", "A property shape that does not say of what"),
    "shapes/no-constraint": ("warning", "A property shape that asks for nothing"),
    "shapes/deactivated": ("warning", "A shape that is off"),
    "shapes/no-message": ("warning", "A property shape that does not say what to do"),
    "shapes/no-name": ("info", "A property shape without a name"),
    "shapes/no-severity": ("info", "A property shape that does not say how bad it is"),
}
