"""The demonstration: invented people, real places, made by the same actions as a person's."""
