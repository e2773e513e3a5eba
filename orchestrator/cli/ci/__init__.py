"""What only a run without a terminal needs: nobody is there who could be asked."""
