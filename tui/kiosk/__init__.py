"""The counter on a terminal that anybody walks up to: nobody leaves it but its operator."""
