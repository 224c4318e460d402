"""What the cards ask, each as one question: engine functions, put together where a card needs several."""
