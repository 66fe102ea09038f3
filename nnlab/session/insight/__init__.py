"""What a trained network can be asked: each answer is a dataclass, a function that makes it, and its text.

Screens draw the dataclasses, the plain skin prints the text; nothing here changes the run.

=================  ==============================================================================
``attribution``    what an answer hangs on: gradient, gradient × input, occlusion
``units``          the examples that excite a unit most, an input made for it, feature maps
``ablation``       what the network is worth without each unit, channel or head of a layer
``shrinking``      accuracy against size, pruned and rounded
``scores``         confusion with precision and recall, ROC curves, calibration, predictions and truth
``meaning``        nearest neighbours of words and their sums, candidates for a hidden word
``plane``          where the words of an embedding lie on the plane they differ most in
``memory``         what is left of a number on its way back through the steps of a recurrent layer
=================  ==============================================================================
"""
