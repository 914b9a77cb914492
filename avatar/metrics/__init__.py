"""How good a generated motion is, in numbers: lips, reactions, richness, dynamics.

Every metric is a pure function of arrays and says what it means, in which unit, and which way is
better. None of them sees a picture or asks a person.
"""
