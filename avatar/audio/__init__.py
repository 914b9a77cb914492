"""Sound as the avatar hears it: laying it on ticks, resampling, and features."""
