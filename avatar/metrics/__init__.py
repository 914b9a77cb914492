"""How good a generated motion is, in numbers: lips, reactions, richness, dynamics; and a picture.

Every metric is a pure function of arrays and says what it means, in which unit, and which way is
better. None of them asks a person.
"""
