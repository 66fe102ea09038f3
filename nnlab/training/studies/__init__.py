"""Questions about training that need more than the step at hand; each leaves the run as it is.

==============  =====================================================================================
``rivals``      one weight and one gradient, and what every optimiser would make of them
``noise``       how far the gradients of mini-batches are from each other and from that of all examples
``spread``      how weights, gradients and activations were spread at moments of the past
``jump``        what made the loss jump: the batch, its examples, the weights that moved most
``autopsy``     the first number that was not finite, and the chain that led to it
``gradients``   how much of the gradient reaches each layer, and units that are stuck
``race``        several optimisers from one start, on a plane through their ways with the loss on it
==============  =====================================================================================
"""
